import { escapeText } from '../output/escape.js';

/** `https://user:x@hooks.example.org/T1/B2?key=3` -> `https://hooks.example.org/...`: paths hold tokens too. */
export function maskUrl(url: URL): string {
  const isBare = (url.pathname === '/' || url.pathname === '') && url.search === '';
  return `${url.protocol}//${url.host}${isBare ? '' : '/...'}`;
}

/** Text of another program, safe to print: one line, bounded, and addresses in it without what may be secret. */
export function maskText(text: string, maxLength = 300): string {
  const masked = text
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi, maskAddress)
    .replace(/\b(bearer|basic|genieKey)\s+[\w+/=.~-]+/gi, '$1 ***')
    .replace(
      /\b([\w-]*(?:key|token|secret|password|passwd|auth)[\w-]*["']?\s*[=:]\s*["']?)[^\s"',;&]+/gi,
      '$1***',
    );
  const line = escapeText(masked.trim());
  return line.length > maxLength ? `${line.slice(0, maxLength)}...` : line;
}

/** What Go prints is not always what a URL parser takes. */
function maskAddress(address: string): string {
  const {
    scheme = '',
    authority = '',
    rest = '',
  } = /^(?<scheme>[^:]+):\/\/(?:[^/?#]*@)?(?<authority>[^/?#]*)(?<rest>.*)$/.exec(address)?.groups ?? {};
  return `${scheme}://${authority}${/[^/:.,;)]/.test(rest) ? '/...' : rest}`;
}
