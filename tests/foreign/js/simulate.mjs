// Decides requests with iam-simulate: what policies there are and the requests as JSON on each line of stdin, its answers
// as JSON on a line of stdout.

import * as readline from "node:readline";
import { runSimulation } from "@cloud-copilot/iam-simulate";

const named = (policies) => policies.map((policy, number) => ({ name: String(number), policy }));
const levels = (policies) =>
  policies.map((level, number) => ({ orgIdentifier: String(number), policies: named(level) }));

async function decide(policies, { action, resource, resource_account, principal, context }) {
  const simulation = {
    request: { principal, action, resource: { resource, accountId: resource_account }, contextVariables: context },
    identityPolicies: named(policies.identity),
    permissionBoundaryPolicies: policies.boundary && named([policies.boundary]),
    sessionPolicy: policies.session,
    serviceControlPolicies: levels(policies.scp),
    resourceControlPolicies: levels(policies.rcp),
    resourcePolicy: policies.resource,
  };
  const { errors, overallResult, result } = await runSimulation(simulation, {});
  if (errors) return { refused: errors };
  return { decision: overallResult, blocked_by: result.analysis.blockedBy ?? [], ignored: result.ignoredContextKeys };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { requests, ...policies } = JSON.parse(line);
  const answers = [];
  for (const request of requests) answers.push(await decide(policies, request));
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}
