// Decides requests with the npm package @cloud-copilot/iam-simulate, and prints how many a second.
// node simulate.mjs POLICIES REQUESTS
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { runSimulation } = createRequire(`${process.cwd()}/`)('@cloud-copilot/iam-simulate')
const [policies, requests] = process.argv.slice(2).map((file) => readFileSync(file, 'utf8'))
const identityPolicies = JSON.parse(policies).map((policy, number) => ({ name: `policy-${number}`, policy }))
const simulations = requests.trim().split('\n').map(JSON.parse).map(({ action, resource, context }) => ({
  request: {
    principal: 'arn:aws:iam::111122223333:user/ci',
    action,
    resource: { resource, accountId: '111122223333' },
    contextVariables: context,
  },
  identityPolicies,
  serviceControlPolicies: [],
  resourceControlPolicies: [],
}))

let allowed = 0
for (const simulation of simulations) {
  const { overallResult } = await runSimulation(simulation, {})
  allowed += overallResult === 'Allowed'
}
const start = performance.now()
let decisions = 0
while (performance.now() - start < 3000) {
  for (const simulation of simulations) {
    await runSimulation(simulation, {})
    decisions += 1
  }
}
console.log(JSON.stringify({ allowed, decisions_per_second: decisions / ((performance.now() - start) / 1000) }))
