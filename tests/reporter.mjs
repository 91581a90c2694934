// One TAP line a test, without nesting: what tests/check.sh counts, and the figures of t.diagnostic. Failures go to standard output in full.
export default async function* reporter(source) {
  for await (const event of source) {
    const { data } = event
    if (event.type === 'test:diagnostic' && data.message.startsWith('figure: ')) yield `# ${data.message}\n`
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue
    if (data.details?.type === 'suite') continue
    const name = data.name.replaceAll('\n', ' ').replaceAll('#', ' ')
    if (data.skip !== undefined) { yield `ok - ${name} # SKIP\n`; continue }
    if (event.type === 'test:pass') { yield `ok - ${name}\n`; continue }
    yield `not ok - ${name}\n`
    console.error(`\nFAILED ${name}\n  ${data.file ?? ''}\n${data.details.error?.cause?.stack ?? data.details.error?.stack ?? data.details.error}`)
  }
}
