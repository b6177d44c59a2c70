import { http, type OutputDefinition, type Settings } from './settings.js';

const dialogue: Settings = {
  ...{ protocol: 'text', timeout: 'number', headers: 'text', tls: 'flag', checkcert: 'flag' },
  minimumpriority: 'priority',
};

/** Outputs that keep or count. */
export const logOutputs: readonly OutputDefinition[] = [
  {
    key: 'datadog',
    name: 'Datadog',
    destination: 'datadog',
    needs: ['apikey'],
    settings: { ...http, apikey: 'text', host: 'web' },
  },
  {
    key: 'datadoglogs',
    name: 'DatadogLogs',
    destination: 'datadoglogs',
    needs: ['apikey'],
    settings: { ...http, apikey: 'text', host: 'web', service: 'text' },
  },
  {
    key: 'elasticsearch',
    name: 'Elasticsearch',
    destination: 'elasticsearch',
    needs: ['hostport'],
    settings: {
      ...http,
      ...{ hostport: 'web', index: 'text', type: 'text', pipeline: 'text' },
      ...{ suffix: ['daily', 'monthly', 'annually', 'none'] },
      ...{ username: 'text', password: 'text', apikey: 'text', customheaders: 'map' },
      ...{ flattenfields: 'flag', createindextemplate: 'flag', enablecompression: 'flag' },
      ...{ numberofshards: 'number', numberofreplicas: 'number' },
      ...{ 'batching.enabled': 'flag', 'batching.batchsize': 'number', 'batching.flushinterval': 'duration' },
    },
  },
  {
    key: 'quickwit',
    name: 'Quickwit',
    destination: 'quickwit',
    needs: ['hostport'],
    settings: {
      ...http,
      ...{ hostport: 'web', apiendpoint: 'text', index: 'text', version: 'text' },
      ...{ autocreateindex: 'flag', customheaders: 'map' },
    },
  },
  {
    key: 'loki',
    name: 'Loki',
    destination: 'loki',
    needs: ['hostport'],
    settings: {
      ...http,
      ...{ hostport: 'web', endpoint: 'text', user: 'text', apikey: 'text', tenant: 'text' },
      ...{ format: ['text', 'json'], extralabels: 'text', customheaders: 'map' },
    },
  },
  {
    key: 'sumologic',
    name: 'SumoLogic',
    destination: 'sumologic',
    needs: ['receiverurl'],
    settings: { ...http, receiverurl: 'web', sourcecategory: 'text', sourcehost: 'text', name: 'text' },
  },
  {
    key: 'splunk',
    name: 'Splunk',
    destination: 'splunk',
    needs: ['host'],
    settings: {
      ...{ host: 'web', token: 'text', customheaders: 'map' },
      ...{ checkcert: 'flag', minimumpriority: 'priority' },
    },
  },
  {
    key: 'logstash',
    name: 'Logstash',
    destination: 'logstash',
    needs: ['address'],
    settings: {
      ...{ address: 'text', port: 'port', tags: 'list' },
      ...{ tls: 'flag', mutualtls: 'flag', checkcert: 'flag' },
      ...{ certfile: 'text', keyfile: 'text', cacertfile: 'text', minimumpriority: 'priority' },
    },
  },
  {
    key: 'influxdb',
    name: 'Influxdb',
    destination: 'influxdb',
    needs: ['hostport'],
    settings: {
      ...http,
      ...{ hostport: 'web', database: 'text', organization: 'text', bucket: 'text', precision: 'text' },
      ...{ user: 'text', password: 'text', token: 'text' },
    },
  },
  {
    key: 'zincsearch',
    name: 'Zincsearch',
    destination: 'zincsearch',
    needs: ['hostport'],
    settings: {
      ...{ hostport: 'web', index: 'text', username: 'text', password: 'text' },
      ...{ checkcert: 'flag', minimumpriority: 'priority' },
    },
  },
  {
    key: 'openobserve',
    name: 'OpenObserve',
    destination: 'openobserve',
    needs: ['hostport'],
    settings: {
      ...http,
      ...{ hostport: 'web', organizationname: 'text', streamname: 'text' },
      ...{ username: 'text', password: 'text', customheaders: 'map' },
    },
  },
  {
    key: 'syslog',
    name: 'Syslog',
    destination: 'syslog',
    needs: ['host'],
    settings: {
      ...{ host: 'text', port: 'port', protocol: { anyCase: ['tcp', 'udp'] }, format: ['json', 'cef'] },
      minimumpriority: 'priority',
    },
  },
  {
    key: 'grafana',
    name: 'Grafana',
    destination: 'grafana',
    needs: ['hostport', 'apikey'],
    settings: {
      ...http,
      ...{ hostport: 'web', apikey: 'text', dashboardid: 'number', panelid: 'number' },
      ...{ allfieldsastags: 'flag', customheaders: 'map' },
    },
  },
  {
    key: 'dynatrace',
    name: 'Dynatrace',
    destination: 'dynatrace',
    needs: ['apitoken', 'apiurl'],
    settings: { apitoken: 'text', apiurl: 'web', checkcert: 'flag', minimumpriority: 'priority' },
  },
  {
    key: 'wavefront',
    name: 'Wavefront',
    destination: 'wavefront',
    needs: ['endpointtype', 'endpointhost'],
    settings: {
      ...{ endpointtype: ['direct', 'proxy'], endpointhost: 'text', endpointtoken: 'text' },
      ...{ endpointmetricport: 'port', metricname: 'text', batchsize: 'number' },
      ...{ flushintervalseconds: 'number', minimumpriority: 'priority' },
    },
  },
  {
    key: 'spyderbat',
    name: 'Spyderbat',
    destination: 'spyderbat',
    unusable: 'takes nothing but what Falco itself sends, numbers among it, and would fail with each finding',
    needs: ['orguid'],
    settings: {
      ...{ orguid: 'text', apikey: 'text', apiurl: 'web', source: 'text', sourcedescription: 'text' },
      minimumpriority: 'priority',
    },
  },
  {
    key: 'timescaledb',
    name: 'TimescaleDB',
    destination: 'timescaledb',
    needs: ['host'],
    settings: {
      ...{ host: 'text', port: 'port', user: 'text', password: 'text', database: 'text' },
      ...{ hypertablename: 'text', minimumpriority: 'priority' },
    },
  },
  {
    key: 'redis',
    name: 'Redis',
    destination: 'redis',
    counts: 'failuresAsBoth',
    needs: ['address'],
    settings: {
      ...{ address: 'hostPort', username: 'text', password: 'text', database: 'number' },
      ...{ storagetype: { anyCase: ['list', 'hashmap'] }, key: 'text', version: 'number' },
      ...{ tls: 'flag', mutualtls: 'flag', checkcert: 'flag' },
      ...{ certfile: 'text', keyfile: 'text', cacertfile: 'text', minimumpriority: 'priority' },
    },
  },
  // What goes out by UDP, or by OpenTelemetry's own library, which gathers, is not told of for each finding.
  {
    key: 'statsd',
    name: 'StatsD',
    needs: ['forwarder'],
    settings: { forwarder: 'hostPort', namespace: 'text', tags: 'list' },
  },
  {
    key: 'dogstatsd',
    name: 'DogStatsD',
    needs: ['forwarder'],
    settings: { forwarder: 'hostPort', namespace: 'text', tags: 'list' },
  },
  {
    key: 'otlp.traces',
    name: 'OTLPTraces',
    needs: ['endpoint'],
    settings: { ...dialogue, endpoint: 'web', synced: 'flag', duration: 'number' },
  },
  {
    key: 'otlp.metrics',
    name: 'OTLPMetrics',
    needs: ['endpoint'],
    settings: { ...dialogue, endpoint: 'text', extraattributes: 'text' },
  },
  {
    key: 'otlp.logs',
    name: 'OTLPLogs',
    needs: ['endpoint'],
    settings: { ...dialogue, endpoint: 'web', synced: 'flag' },
  },
];
