import { GitHubError } from '../errors.ts'
import type { Person, Role } from '../ports/authority.ts'
import { answerBody, expiredText, invalidConfigText, missingConfigText } from './answers/answer.ts'
import { type AuthorityDecision, authorityRules, decideAuthority, teamsToAsk } from './authority.ts'
import {
  type CommandOutcome,
  commandKey,
  type CommandRequest,
  type DecidedOutcome,
} from './command-outcome.ts'
import type { CommandPorts, TrustedConfig } from './command-ports.ts'
import type { Command } from './command.ts'
import { environmentOf } from './environment-of.ts'
import { grammar } from './grammar.ts'
import { dropOwn, isUnderWay } from './own-operation.ts'
import { serveAutoRevert } from './serve-auto-revert.ts'
import { serveDeploy } from './serve-deploy.ts'
import { serveLock, serveResolve, serveUnlock } from './serve-lock.ts'
import { serveOrder } from './serve-order.ts'
import { isPlanUnderWay, servePlan } from './serve-plan.ts'
import { serveRevert } from './serve-revert.ts'
import { serveRollback } from './serve-rollback.ts'
import { serveHelp, serveStatus } from './serve-status.ts'
import { serveUnquarantine } from './serve-unquarantine.ts'
import { refused, type Serving, servingOf } from './serving.ts'

/** Whoever wrote it has forgotten it by then, or has moved on: what was meant then may be wrong now. */
export const EXPIRES_MS = 15 * 60_000

/**
 * Serves one command, up to an answer or to a run that was asked for. May be called again from the top after a crash at any
 * point: each effect has a key and is looked for before it is made, and what was decided once is not decided again. Errors:
 * `GitHubError`, and those of the records: serve it again later.
 */
export async function serveCommand(request: CommandRequest, ports: CommandPorts): Promise<CommandOutcome> {
  const key = commandKey(request)
  const before = await ports.decided?.read(key)
  const outcome = before ?? (await decide(request, ports))
  if (outcome.kind !== 'answered' && outcome.kind !== 'refused') return outcome
  if (before === undefined) await ports.decided?.write(key, outcome)
  // What was begun for it and has reached nobody yet is closed first; that says the answer too.
  const own = await dropOwn(outcome, key, ports)
  if (typeof own === 'object') return { kind: 'waiting', reason: 'lock_contended', untilMs: own.untilMs }
  if (own === 'none') await answer(request, outcome, ports)
  return outcome
}

async function answer(request: CommandRequest, outcome: DecidedOutcome, ports: CommandPorts): Promise<void> {
  const key = commandKey(request)
  if (outcome.text !== '') {
    await ports.conversation.say(request.pull, `answer/${key}`, answerBody(request, outcome))
  }
  await ports.conversation.react(request.comment.id, outcome.kind === 'refused' ? '-1' : 'rocket')
}

async function decide(request: CommandRequest, ports: CommandPorts): Promise<CommandOutcome> {
  const trusted = await ports.config()
  if (!isDriver(trusted, ports)) return { kind: 'silent', reason: 'not_driver' }
  const role = await roleOf(request.comment.author, ports)
  if (role === 'none') return { kind: 'silent', reason: 'stranger' }
  await ports.conversation.react(request.comment.id, 'eyes')
  const { asked } = request
  if (asked.kind === 'reply') return refused(asked.reason, asked.text)
  if (trusted.kind === 'missing') return refused('config_missing', missingConfigText(trusted))
  if (trusted.kind === 'invalid') return refused('config_invalid', invalidConfigText(trusted))
  const { config, defaultBranch } = trusted
  const serving = servingOf({ request, command: asked.command, config, defaultBranch, ports })
  return serveKnown(serving, role)
}

/** The other shell answers, or nobody does. A config that says nothing about it is answered by whoever reads it. */
function isDriver(trusted: TrustedConfig, { driver }: CommandPorts): boolean {
  if (trusted.kind === 'missing') return true
  return (trusted.kind === 'config' ? trusted.config.driver : (trusted.driver ?? driver)) === driver
}

async function serveKnown(serving: Serving, role: Role | 'unverified'): Promise<CommandOutcome> {
  const { command, config } = serving
  if (!isAboutEnvironment(command)) {
    const authority = await authorityOf(serving, role)
    if (authority.kind !== 'allowed') return notAllowed(authority)
    if (isLate(serving)) return expired()
    return serveGeneral({ ...serving, command })
  }
  const choice = environmentOf(command.environment, Object.keys(config.environments))
  if (choice.kind === 'refused') return refused(choice.reason, choice.text)
  const environment = choice.name
  const outcome = await serveThere({ ...serving, command }, role, environment)
  const hasOperation = command.kind === 'deploy' || command.kind === 'rollback'
  return outcome.kind === 'refused' && hasOperation ? { ...outcome, environment } : outcome
}

type GeneralKind = 'revert' | 'unquarantine' | 'autorevert' | 'status' | 'help'
type AboutEnvironment = Exclude<Command, { kind: GeneralKind }>

function isAboutEnvironment(command: Command): command is AboutEnvironment {
  return grammar[command.kind].takes.includes('environment')
}

async function serveThere(
  serving: Serving<AboutEnvironment['kind']>,
  role: Role | 'unverified',
  environment: string,
): Promise<CommandOutcome> {
  const { command } = serving
  const authority = await authorityOf(serving, role, environment)
  // Whoever set a lock may take it away, whatever became of their role; `serveUnlock` looks whose it is.
  if (authority.kind !== 'allowed' && !(command.kind === 'unlock' && authority.kind === 'refused')) {
    return notAllowed(authority)
  }
  if (isLate(serving) && !(await wasAskedFor(serving, environment))) return expired()
  switch (command.kind) {
    case 'deploy':
      return serveDeploy({ ...serving, command }, environment)
    case 'rollback':
      return serveRollback({ ...serving, command }, environment)
    case 'plan':
      return servePlan({ ...serving, command }, environment)
    case 'promote':
    case 'accept':
    case 'pause':
    case 'continue':
      return serveOrder({ ...serving, command }, environment)
    case 'lock':
      return serveLock({ ...serving, command }, environment)
    case 'unlock':
      return serveUnlock({ ...serving, command }, environment, authority)
    case 'resolve':
      return serveResolve({ ...serving, command }, environment)
  }
}

async function serveGeneral(serving: Serving<GeneralKind>): Promise<CommandOutcome> {
  const { command } = serving
  switch (command.kind) {
    case 'revert':
      return serveRevert({ ...serving, command })
    case 'unquarantine':
      return serveUnquarantine({ ...serving, command })
    case 'autorevert':
      return serveAutoRevert({ ...serving, command })
    case 'status':
      return serveStatus({ ...serving, command })
    case 'help':
      return serveHelp({ ...serving, command })
  }
}

async function authorityOf(
  { request, command, config, ports }: Serving,
  role: Role | 'unverified',
  environment?: string,
): Promise<AuthorityDecision> {
  const person = request.comment.author
  const rules = authorityRules(command.kind, config.environments, environment)
  const facts = { command: command.kind, person, role, rules }
  const teams = new Map<string, boolean | 'unverified'>()
  for (const team of teamsToAsk(facts)) {
    teams.set(team, await unlessUnverified(() => ports.authority.isMember(team, person)))
  }
  return decideAuthority({ ...facts, teams })
}

async function roleOf(person: Person, { authority }: CommandPorts): Promise<Role | 'unverified'> {
  return unlessUnverified(() => authority.roleOf(person))
}

/** GitHub that does not answer is never a yes, and is not asked to remember it. */
async function unlessUnverified<Known>(ask: () => Promise<Known>): Promise<Known | 'unverified'> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof GitHubError) return 'unverified'
    throw error
  }
}

function notAllowed(decision: Exclude<AuthorityDecision, { kind: 'allowed' }>): CommandOutcome {
  return decision.kind === 'stranger'
    ? { kind: 'silent', reason: decision.reason }
    : refused(decision.reason, decision.text)
}

function isLate({ request, ports }: Serving): boolean {
  return ports.clock.now() - request.comment.createdAtMs > EXPIRES_MS
}

/** A run was asked for in time: what is late now is only the rest. */
async function wasAskedFor(serving: Serving, environment: string): Promise<boolean> {
  const { command, key, ports } = serving
  if (command.kind === 'plan') return isPlanUnderWay(ports.records, key)
  return isUnderWay(environment, key, ports)
}

function expired(): DecidedOutcome {
  return refused('expired', expiredText(EXPIRES_MS))
}
