/** The part of jstat that the bench and the tests use; the package has no types of its own. */
declare module 'jstat' {
  interface Discrete {
    pdf(count: number, ...parameters: readonly number[]): number
  }
  const jstat: {
    readonly jStat: {
      readonly normal: {
        inv(p: number, mean: number, sd: number): number
        cdf(x: number, mean: number, sd: number): number
      }
      /** (count, mean) */
      readonly poisson: Discrete
      /** (count, tries, probability) */
      readonly binomial: Discrete
      /** (failures, successes, probability of success) */
      readonly negbin: Discrete
    }
  }
  export default jstat
}
