import type { Rule } from '../detection/rule.js';

/**
 * The rule with all of its ways at once. A recording has what the kernel that it comes from served, and no
 * kernel can be asked; where it has the events of two ways, the keys of the matches make one finding of them.
 */
export function byEveryWay(rule: Rule): Rule {
  return {
    ...rule,
    sights: rule.sights.map((sight) => ({
      ...sight,
      ways: [{ events: sight.ways.flatMap(({ events }) => events) }],
    })),
  };
}
