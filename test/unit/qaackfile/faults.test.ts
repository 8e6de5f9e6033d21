import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { readQaackfile } from '../../../src/qaackfile/read.ts'
import { sample } from '../../../src/qaackfile/sample.ts'

/** Faults as `path: message`, whatever their place. */
function faultsOf(text: string): string[] {
  const { faults } = readQaackfile({ file: 'f', text }, sample('github', 'branch'))
  return faults.map(({ path, message }) => `${path}: ${message}`)
}

const inWeb: [title: string, keys: string, path: string, message: RegExp][] = [
  ['an unknown key names the nearest', 'prot: 80', 'prot', /Did you mean port\?/],
  ['an unknown key with none near names all', 'zzzzzz: 80', 'zzzzzz', /Known are image, default/],
  ['a port over the range', 'port: 65536', 'port', /from 1 to 65535, not 65536/],
  ['a port that is text', 'port: "80"', 'port', /a whole number from 1 to 65535, not "80"/],
  ['a port that is a fraction', 'port: 80.5', 'port', /a whole number/],
  ['a command that is a boolean', 'start: true', 'start', /not true; write it in quotes/],
  ['a step without commands', 'commands: {a: []}', 'commands.a', /at least one command/],
  ['a step with an unknown key', 'commands: {a: {run: x, usr: y}}', 'commands.a.usr', /Did you mean user\?/],
  ['a step of a list without a name', 'commands: [{run: x}]', 'commands[0].name', /is missing/],
  ['inputs from the root', 'commands: {a: {run: x, inputs: [/a]}}', 'commands.a.inputs[0]', /without \/ at/],
  [
    'inputs from here',
    'commands: {a: {run: x, inputs: [./a]}}',
    'commands.a.inputs[0]',
    /such as package-lock/,
  ],
  ['inputs elsewhere', 'commands: {a: {run: x, inputs: [a/../b]}}', 'commands.a.inputs[0]', /without \.\./],
  [
    'a folder as input',
    'commands: {a: {run: x, inputs: [src/]}}',
    'commands.a.inputs[0]',
    /such as .*src\/\*/,
  ],
  ['an empty input', 'commands: {a: {run: x, inputs: [""]}}', 'commands.a.inputs[0]', /must be a file/],
  ['no input', 'commands: {a: {run: x, inputs: []}}', 'commands.a.inputs', /at least one file/],
  [
    'two steps with one name',
    'commands: [{name: a, run: x}, {name: a, run: y}]',
    'commands[1].name',
    /names of their own/,
  ],
  ['steps that are only texts', 'commands: [npm ci]', 'commands[0]', /must be a map with the keys name, run/],
  ['a relative path', 'path: app', 'path', /absolute path/],
  ['a path that leads up', 'path: /app/../etc', 'path', /without \.\./],
  ['a relative mount', 'volumes: [{mount: data}]', 'volumes[0].mount', /absolute path/],
  ['the root as a mount', 'volumes: [{mount: /}]', 'volumes[0].mount', /other than \//],
  ['a relative path of the code', 'checkout: {path: x}', 'checkout.path', /absolute path/],
  ['a size that is none', 'resources: {memory: lots}', 'resources.memory', /a size, such as 512m/],
  ['a share of processors below any', 'resources: {cpus: 0}', 'resources.cpus', /from 0\.01/],
  ['a pattern with look-ahead', 'ready: {log: "(?=x)"}', 'ready.log', /RE2 pattern/],
  ['two kinds of ready', 'ready: {command: x, tcp: 1}', 'ready.tcp', /cannot stand beside command/],
  ['no kind of ready', 'ready: {timeout: 5s}', 'ready', /must have one of path/],
  ['ready by a path without a port', 'ready: {path: /}', 'ready.path', /needs a port/],
  ['a status beside a command', 'ready: {command: x, status: 200}', 'ready.status', /belongs to path/],
  ['a wrong duration', 'ready: {command: x, timeout: soon}', 'ready.timeout', /a duration, such as 90s/],
  ['an alias of a service without a port', 'aliases: [x]', 'aliases[0]', /leads nowhere/],
  ['a reserved alias', 'port: 1, aliases: [panel]', 'aliases[0]', /cannot be named panel/],
  ['a reserved variable', 'variables: {QCK_X: 1}', 'variables.QCK_X', /reserved/],
  ['the variable that says it is Qaack', 'variables: {IS_QCK: no}', 'variables.IS_QCK', /reserved/],
  ['a variable that no shell can have', 'variables: {A-B: 1}', 'variables.A-B', /no name for a variable/],
  ['a variable without a value', 'variables: {A: }', 'variables.A', /not nothing/],
  [
    'a visibility that is not known',
    'variables: {A: {value: 1, visibility: runtime}}',
    'variables.A.visibility',
    /always or buildtime/,
  ],
  ['an unknown service', 'depends_on: [wbe]', 'depends_on[0]', /Did you mean web\?/],
  ['a service that needs itself', 'depends_on: [web]', 'depends_on', /circle: web -> web/],
  ['a shell with arguments', 'shell: /bin/bash -e', 'shell', /without arguments/],
]

suite('faults of a service', () => {
  for (const [title, keys, path, message] of inWeb) {
    test(title, () => {
      const faults = faultsOf(`services: {web: {image: node, ${keys}}}`)
      assert.equal(faults.length, 1, faults.join('\n'))
      assert.ok(faults[0]?.startsWith(`services.web.${path}: `), faults[0])
      assert.match(faults[0] ?? '', message)
    })
  }
})

const inFile: [title: string, text: string, fault: RegExp][] = [
  ['no services', 'variables: {A: 1}', /^services: is missing/],
  ['empty services', 'services: {}', /^services: must have at least one service/],
  ['an empty file', '', /empty; it needs services/],
  ['only a comment', '# hello\n', /empty; it needs services/],
  ['a list', '- a', /is a map with the key services/],
  ['two documents', 'a: 1\n---\nb: 2', /one YAML document/],
  ['no image', 'services: {web: {port: 1}}', /^services\.web\.image: is missing; it must be an image/],
  ['an image in upper case', 'services: {web: {image: Node}}', /in lower case, not "Node"/],
  ['a service without anything', 'services: {web: }', /^services\.web: must be a map with the keys image/],
  ['a service name in upper case', 'services: {Web: {image: a}}', /^services\.Web: is no name for a service/],
  ['a reserved service name', 'services: {serv: {image: a}}', /^services\.serv: cannot be named serv/],
  ['a key that stands twice', 'services: {web: {image: a, image: b}}', /image stands twice/],
  ['__proto__ as a key', 'services: {web: {image: a}, __proto__: {image: b}}', /__proto__ cannot be a name/],
  ['a tag', 'services: !Ref {web: {image: a}}', /the tag !Ref is not known/],
  ['an alias without an anchor', 'services: *a', /alias names nothing/],
  [
    'two defaults',
    'services: {a: {image: a, default: true}, b: {image: a, default: true}}',
    /^services\.b\.default: is true for a already/,
  ],
  [
    'a circle',
    'services: {a: {image: a, depends_on: [b]}, b: {image: a, depends_on: [a]}}',
    /circle: a -> b -> a/,
  ],
  [
    'more inputs than can be looked for',
    `services: {web: {image: a, commands: [{name: x, run: x, inputs: [${'a, '.repeat(201)}]}]}}`,
    /^services\.web\.commands: have most of 201 inputs, and a file may have 200; use wildcards/,
  ],
  [
    'a label that means something else',
    'make_reusable: {auto: {on: web.x}}\nservices: {web: {image: a, commands: {x: x}}}',
    /^make_reusable\.auto: cannot be a label: reuse: auto means .*take another name/,
  ],
  [
    'a save point at an unknown step',
    'make_reusable: {l: {on: web.y}}\nservices: {web: {image: a, commands: {x: x}}}',
    /^make_reusable\.l\.on: names the step y.*Did you mean x/,
  ],
  [
    'a save point at an unknown service',
    'make_reusable: {l: {on: wbe.x}}\nservices: {web: {image: a, commands: {x: x}}}',
    /Did you mean web/,
  ],
  [
    'a save point without a step',
    'make_reusable: {l: {on: web}}\nservices: {web: {image: a}}',
    /a service and one of its steps/,
  ],
  [
    'an action of an unknown service',
    'quick_actions: {x: {command: y, service: z}}\nservices: {web: {image: a}}',
    /^quick_actions\.x\.service: names the service z/,
  ],
  [
    'a download with a path',
    'quick_actions: {x: {command: y, filename: ../z}}\nservices: {web: {image: a}}',
    /file name without a path/,
  ],
  [
    'an alias of an unknown service',
    'aliases: {x: y}\nservices: {web: {image: a}}',
    /^aliases\.x: names the service y/,
  ],
  [
    'an alias that stands twice',
    'aliases: [x, x]\nservices: {web: {image: a, port: 1}}',
    /^aliases\[1\]: would have the host name x-<id>/,
  ],
  [
    'an alias that is another service’s address',
    'aliases: [serv-web]\nservices: {web: {image: a, port: 1}}',
    /which the service web has/,
  ],
  [
    'an alias that is a service’s alias',
    'aliases: [x-web]\nservices: {web: {image: a, port: 1, aliases: [x]}}',
    /host name x-web-<id>/,
  ],
  [
    'two aliases and services that make one host name',
    'aliases: [a, a-b]\nservices: {c: {image: a, port: 1}, b-c: {image: a, port: 1}}',
    /^aliases\[1\]: makes the host name a-b-c-<id> mean two services, b-c and c; take another alias/,
  ],
  [
    'an alias that is another one with a service',
    'aliases: [shop, shop-admin]\nservices: {web: {image: a, port: 1}, admin: {image: a, port: 1}}',
    /^aliases\[0\]: makes the host name shop-admin-<id> mean two services, web and admin/,
  ],
  [
    'an alias of a service that is taken apart in two ways',
    'aliases: [a]\nservices: {web: {image: a, port: 1, aliases: [a-b]}, c: {image: a}, b-c: {image: a}}',
    /^services\.web\.aliases\[0\]: makes the host name a-b-c-<id> mean two services, b-c and c/,
  ],
  [
    'names that only differ in what a variable cannot have',
    'aliases: [a-b, a_b]\nservices: {web: {image: a, port: 1}}',
    /^aliases\[1\]: is no name for a host name/,
  ],
  [
    'a test of an unknown type',
    'tests: [{type: cypress}]\nservices: {web: {image: a}}',
    /^tests\[0\]\.type: must be a map with the type screenshots or playwright/,
  ],
  [
    'a test directory outside',
    'tests: [{type: playwright, dir: ../x}]\nservices: {web: {image: a}}',
    /^tests\[0\]\.dir: must be a path in the repository/,
  ],
  ['no YAML', 'services: [', /this is not YAML/],
]

suite('faults of a file', () => {
  for (const [title, text, fault] of inFile) {
    test(title, () => {
      const faults = faultsOf(text)
      assert.equal(faults.length, 1, faults.join('\n'))
      assert.match(faults[0] ?? '', fault)
    })
  }

  test('a host name that grows too long is told', () => {
    const faults = faultsOf(
      `services: {${'w'.repeat(32)}: {image: a, port: 1, aliases: [${'a'.repeat(30)}]}}`,
    )
    assert.match(faults[0] ?? '', /longer than 63 characters/)
  })

  test('more services than an environment’s network takes are told', () => {
    const services = Array.from({ length: 25 }, (_, index) => `s${index}: {image: a}`).join(', ')
    assert.deepEqual(faultsOf(`services: {${services}}`), ['services: must have at most 24 services, not 25'])
  })

  test('faults of shape and of relation are told together', () => {
    assert.equal(faultsOf('services: {a: {image: a, port: x, depends_on: [c]}, B: {imag: b}}').length, 5)
  })
})
