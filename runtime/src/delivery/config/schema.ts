import { outputDefinitions } from './outputs.js';
import { commonSettings, groups, type Setting, type Settings } from './settings.js';

/** What may stand at a place of the file: a setting, or a mapping of more. */
export type SchemaNode =
  { readonly setting: Setting } | { readonly children: ReadonlyMap<string, SchemaNode> };

type Children = Map<string, SchemaNode>;

/** The tables as the tree that the file is. */
export const schema: SchemaNode & { readonly children: ReadonlyMap<string, SchemaNode> } = {
  children: plant(),
};

function plant(): Children {
  const root: Children = new Map();
  addAll(root, [], commonSettings);
  for (const [group, settings] of Object.entries(groups)) addAll(root, [group], settings);
  for (const { key, settings } of outputDefinitions) addAll(root, key.split('.'), settings);
  return root;
}

function addAll(root: Children, path: readonly string[], settings: Settings): void {
  childrenAt(root, path);
  for (const [name, setting] of Object.entries(settings)) {
    const way = [...path, ...name.split('.')];
    childrenAt(root, way.slice(0, -1)).set(way.at(-1) ?? name, { setting });
  }
}

function childrenAt(root: Children, path: readonly string[]): Children {
  let at = root;
  for (const name of path) {
    const there = at.get(name);
    if (there !== undefined && 'setting' in there) throw new RangeError(`${path.join('.')} is two things`);
    // Only this function makes them, so that they can be added to.
    const children = (there?.children as Children | undefined) ?? new Map<string, SchemaNode>();
    if (there === undefined) at.set(name, { children });
    at = children;
  }
  return at;
}
