import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type HclBlock, hclBlocks } from '../../../src/tools/terraform/hcl-blocks.ts';
import { jsonBlocks, jsonModuleSources } from '../../../src/tools/terraform/json-blocks.ts';

/** A block as one nested text. */
function brief(block: HclBlock): string {
  const settings = [...block.settings].map(([name, text]) => `${name}=<${text}>`);
  return `${[block.type, ...block.labels].join(' ')} {${[...settings, ...block.blocks.map(brief)].join('; ')}}`;
}

const read = (text: string): readonly string[] | undefined => hclBlocks(text)?.map(brief);

test('[TERRAFORM-24] blocks with their labels, settings and the blocks inside of them', () => {
  expect(
    read(
      `\uFEFF# a remark\nresource "a" "b" {\r\n  x = 1 # why\n  y = [\n    1, // one }\n    2, /* { */\n  ]\n  inner name { z = { k = "v" } }\n  empty {}\n}\n/* }\n*/ locals { a = 1 }`,
    ),
  ).toEqual([
    'resource a b {x=<1>; y=<[\n    1, \n    2, \n  ]>; inner name {z=<{ k = "v" }>}; empty {}}',
    'locals {a=<1>}',
  ]);
  expect(read('a {\n  b = 8 / 2\n  c = x < y\n  d_1-e = 2}\n')).toEqual(['a {b=<8 / 2>; c=<x < y>; d_1-e=<2>}']);
  expect(read('top = 1\n')).toEqual([]);
  expect(read('')).toEqual([]);
});

test.each([
  ['a quote that is escaped', String.raw`"a \" } b"`],
  ['a brace', '"a } b { # c"'],
  ['quotes inside of what is computed', `"a \${x["}"]} b"`],
  ['a template inside of a template', `"\${"\${"}"}"}"`],
  ['an object inside of a template', `"\${merge({ a = "}" }, {})["a"]}"`],
  ['a directive', '"%{ if a == "}" }x%{ endif }"'],
  ['doubled signs, which compute nothing', `"$\${ %%{ $ % $$"`],
  ['a text over lines', `<<EOT\n } " \${ {\n  EOT2\nEOT`],
  ['an indented text over lines', '<<-EOT\n    }\n  # "\n    EOT'],
  ['a text over lines in brackets', 'f(<<A\n )\nA\n, 1)'],
])('[TERRAFORM-24] %s does not end what it stands in', (_what, text) => {
  expect(read(`a {\n  x = ${text}\n  y = 1\n}\nb {}`)).toEqual([`a {x=<${text}>; y=<1>}`, 'b {}']);
});

test.each([
  ['a block that does not end', 'a {'],
  ['a brace too many', 'a {}\n}'],
  ['a text that does not end', 'a = "b\n"\n'],
  ['a text that ends with the file', 'a = "b'],
  ['a template that does not end', `a = "\${b"`],
  ['a template with an unfinished text', `a = "\${"b}`],
  ['brackets that do not end', 'a = (1\n'],
  ['a bracket too many', 'a = 1)\n'],
  ['an unfinished text over lines', 'a = <<EOT\nb\n'],
  ['no name of a text over lines', 'a = <<\n'],
  ['a setting without a name', '= 1'],
  ['a label that is none', 'a [1] {}'],
  ['a block deeper than anybody writes', `${'a {'.repeat(300)}${'}'.repeat(300)}`],
  ['templates deeper than anybody writes', `a = ${'"${'.repeat(300)}1${'}"'.repeat(300)}\n`],
])('[TERRAFORM-24] %s is not understood, and said so', (_what, text) => {
  expect(hclBlocks(text)).toBeUndefined();
});

test('[TERRAFORM-24] whatever a file holds, the reader ends', () => {
  const piece = fc.constantFrom(
    'a',
    ' ',
    '\n',
    '"',
    '{',
    '}',
    '${',
    '%{',
    '$',
    '=',
    '<<A\n',
    '#',
    '/*',
    '*/',
    '(',
    ')',
    '\\',
    '\u202e',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const blocks = hclBlocks(pieces.join(''));
      return blocks === undefined || Array.isArray(blocks);
    }),
  );
});

test('[TERRAFORM-24] the JSON syntax gives the same blocks, whether it lists them or not', () => {
  const local = { command: 'x', when: 'destroy', list: [1] };
  const brackets = [
    { resource: { a: { b: { count: 1, provisioner: { 'local-exec': local }, connection: { host: 'h' } } } } },
    {
      resource: [{ a: [{ b: [{ count: 1, provisioner: [{ 'local-exec': [local] }], connection: [{ host: 'h' }] }] }] }],
    },
  ];
  for (const document of brackets) {
    expect(jsonBlocks(JSON.stringify(document))?.map(brief)).toEqual([
      'resource a b {count=<1>; provisioner local-exec {command=<"x">; when=<"destroy">}; connection {host=<"h">}}',
    ]);
  }
  expect(jsonBlocks('{"removed": {"from": "a.b", "provisioner": {"file": {}}}}')?.map(brief)).toEqual([
    'removed {from=<"a.b">; provisioner file {}}',
  ]);
  expect(jsonBlocks('{"variable": [{"v": {"ephemeral": true}}]}')?.map(brief)).toEqual([
    'variable v {ephemeral=<true>}',
  ]);
  expect(jsonBlocks('{"variable": 1}')).toEqual([]);
  expect(jsonBlocks('{"variable": {"a": {}}, "variable": {"b": {}}}')).toBeUndefined();
  expect(jsonBlocks('{"variable": {"a": {"type": "x", "type": "y"}}}')).toBeUndefined();
  expect(jsonBlocks('{"variable": {"a": {"default": "\\u003c\\"{\\\\"}}}')?.map(brief)).toEqual([
    'variable a {default=<"<\\"{\\\\">}',
  ]);
  expect(jsonBlocks('[]')).toBeUndefined();
  expect(jsonBlocks('{')).toBeUndefined();
});

test('[TERRAFORM-10] of a file in JSON the sources of its modules are told, and of nothing else', () => {
  const other = {
    resource: { a: { b: { source: '../no' } } },
    source: '../no',
    locals: { module: { source: '../no' } },
  };
  const sources = (document: unknown): readonly string[] => jsonModuleSources(JSON.stringify(document));
  expect(sources({ ...other, module: { m: { source: '../m' }, n: { source: 'registry/n' } } })).toEqual([
    '../m',
    'registry/n',
  ]);
  expect(
    sources([{ module: [{ m: [{ source: '../m', inner: { source: '../no' } }] }, { n: { source: './n' } }] }]),
  ).toEqual(['../m', './n']);
  expect(jsonModuleSources('{"module": {"m": {"source": "\\u002e./m"}}}')).toEqual(['../m']);
  for (const text of ['', '{', 'null', '{"module": {"m": {"source": 1}, "n": "../no"}}']) {
    expect(jsonModuleSources(text)).toEqual([]);
  }
});
