/** Names of directories here and there, replaced wherever they stand in a text. */
export class NameTranslation {
  readonly #there: (text: string) => string;
  readonly #here: (text: string) => string;
  readonly #hereInRule: (text: string) => string;

  /** Pairs `[here, there]`. Where two have one name here (a tree that is not split), the first counts. */
  constructor(pairs: readonly (readonly [here: string, there: string])[]) {
    const unique = pairs.filter(([here], index) => pairs.findIndex(([other]) => other === here) === index);
    this.#there = replacer(unique);
    this.#here = replacer(unique.map(([here, there]) => [there, here]));
    this.#hereInRule = replacer(unique.map(([here, there]) => [there, escapeForMake(here)]));
  }

  /** `-I/usr/src/linux/include` -> `-I/build/headers-source/include` */
  there(text: string): string {
    return this.#there(text);
  }

  here(text: string): string {
    return this.#here(text);
  }

  /** In a make rule, where names are escaped. */
  hereInRule(text: string): string {
    return this.#hereInRule(text);
  }
}

function replacer(pairs: readonly (readonly [from: string, to: string])[]): (text: string) => string {
  if (pairs.length === 0) return (text) => text;
  const to = new Map(pairs);
  // The longest first, since one directory may lie in another; a name begins and ends where its path does.
  const names = pairs.map(([from]) => from).toSorted((a, b) => b.length - a.length);
  const pattern = new RegExp(
    `(?<=^|-I|[=:\\s'"\`(])(?:${names.map(escape).join('|')})(?=[/=:\\s'"\`)]|$)`,
    'g',
  );
  return (text) => text.replaceAll(pattern, (name) => to.get(name) ?? name);
}

function escapeForMake(text: string): string {
  return text.replaceAll(/[ #]/g, String.raw`\$&`).replaceAll('$', '$$$$');
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
