/** The stages of an upgrade, in order. */
export const stages = ['branch', 'build', 'test', 'deploy', 'monitor'] as const
export type Stage = (typeof stages)[number]
