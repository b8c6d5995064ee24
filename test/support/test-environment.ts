/** The engines that `npm test` prepared. */

type Variable =
  | 'STATE_DIR'
  | 'POSTGRES_URL'
  | 'TEMPORAL_ADDRESS'
  | 'KUBECONFIG'
  | 'TASK_NAMESPACE'
  | 'FILES_DIR'
  | 'FILE_CLAIM'
  | 'SHIM_IMAGE'
  | 'TRANSPORTER_IMAGE'
  | 'DEMO_IMAGE'
  | 'USER_IMAGE'
  | 'BARE_IMAGE';

/** One value of the test environment. Throws when the tests were not started by `npm test`. */
export function environment(name: Variable): string {
  const value = process.env[`ORRERY_TEST_${name}`];
  if (value === undefined || value === '') {
    throw new Error(`ORRERY_TEST_${name} is not set; run the tests by \`npm test\`.`);
  }
  return value;
}

/** The context of the kubeconfig when the tests use a cluster that somebody named; none for the private cluster. */
export function namedContext(): string | undefined {
  return process.env['ORRERY_TEST_KUBERNETES_CONTEXT'];
}
