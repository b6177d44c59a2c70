import { http, type OutputDefinition } from './settings.js';

const formats = ['all', 'text', 'fields'] as const;
const regions = { anyCase: ['us', 'eu'] } as const;

/** Outputs that people read, or that wake them. */
export const chatOutputs: readonly OutputDefinition[] = [
  {
    key: 'slack',
    name: 'Slack',
    destination: 'slack',
    needs: ['webhookurl'],
    settings: {
      ...http,
      ...{ webhookurl: 'web', channel: 'text', footer: 'text', icon: 'text', username: 'text' },
      ...{ outputformat: formats, messageformat: 'template' },
    },
  },
  {
    key: 'cliq',
    name: 'Cliq',
    destination: 'cliq',
    needs: ['webhookurl'],
    settings: {
      ...http,
      ...{
        webhookurl: 'web',
        icon: 'text',
        useemoji: 'flag',
        outputformat: formats,
        messageformat: 'template',
      },
    },
  },
  {
    key: 'rocketchat',
    name: 'Rocketchat',
    destination: 'rocketchat',
    needs: ['webhookurl'],
    settings: {
      ...http,
      ...{ webhookurl: 'web', footer: 'text', icon: 'text', username: 'text' },
      ...{ outputformat: formats, messageformat: 'template' },
    },
  },
  {
    key: 'mattermost',
    name: 'Mattermost',
    destination: 'mattermost',
    needs: ['webhookurl'],
    settings: {
      ...http,
      ...{ webhookurl: 'web', footer: 'text', icon: 'text', username: 'text' },
      ...{ outputformat: formats, messageformat: 'template' },
    },
  },
  {
    key: 'teams',
    name: 'Teams',
    destination: 'teams',
    needs: ['webhookurl'],
    settings: {
      ...http,
      ...{ webhookurl: 'web', activityimage: 'text', outputformat: ['all', 'text', 'facts'] },
    },
  },
  {
    key: 'webex',
    name: 'Webex',
    destination: 'webex',
    needs: ['webhookurl'],
    settings: { ...http, webhookurl: 'web' },
  },
  {
    key: 'discord',
    name: 'Discord',
    destination: 'discord',
    needs: ['webhookurl'],
    settings: { ...http, webhookurl: 'web', icon: 'text' },
  },
  {
    key: 'googlechat',
    name: 'GoogleChat',
    destination: 'googlechat',
    needs: ['webhookurl'],
    settings: { ...http, webhookurl: 'web', outputformat: formats, messageformat: 'template' },
  },
  {
    key: 'telegram',
    name: 'Telegram',
    destination: 'telegram',
    needs: ['token', 'chatid'],
    settings: {
      ...{ token: 'text', chatid: 'text', messagethreadid: 'text', host: 'web' },
      ...{ checkcert: 'flag', minimumpriority: 'priority' },
    },
  },
  {
    key: 'gotify',
    name: 'Gotify',
    destination: 'gotify',
    needs: ['hostport'],
    settings: {
      ...{ hostport: 'web', token: 'text', format: ['markdown', 'plaintext', 'json'] },
      ...{ checkcert: 'flag', minimumpriority: 'priority' },
    },
  },
  {
    key: 'smtp',
    name: 'SMTP',
    isLogged: true,
    needs: ['hostport', 'from', 'to'],
    settings: {
      ...{ hostport: 'hostPort', from: 'text', to: 'text', outputformat: ['html', 'text'], tls: 'flag' },
      ...{ authmechanism: { anyCase: ['plain', 'oauthbearer', 'external', 'anonymous', 'none'] } },
      ...{ user: 'text', password: 'text', token: 'text', identity: 'text', trace: 'text' },
      minimumpriority: 'priority',
    },
  },
  {
    key: 'pagerduty',
    name: 'Pagerduty',
    destination: 'pagerduty',
    needs: ['routingkey'],
    settings: { ...http, routingkey: 'text', region: regions },
  },
  {
    key: 'opsgenie',
    name: 'Opsgenie',
    destination: 'opsgenie',
    needs: ['apikey'],
    settings: { ...http, apikey: 'text', region: regions },
  },
  {
    key: 'grafanaoncall',
    name: 'GrafanaOnCall',
    destination: 'grafanaoncall',
    needs: ['webhookurl'],
    settings: { ...http, webhookurl: 'web', customheaders: 'map' },
  },
  {
    key: 'alertmanager',
    name: 'AlertManager',
    destination: 'alertmanager',
    needs: ['hostport'],
    settings: {
      ...http,
      ...{ hostport: 'webs', endpoint: 'text', expiresafter: 'number' },
      ...{ extralabels: 'map', extraannotations: 'map', customheaders: 'map' },
      customseveritymap: 'priorityMap',
      ...{ dropeventthresholds: 'text', dropeventdefaultpriority: 'text' },
    },
  },
];
