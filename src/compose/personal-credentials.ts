/** What lies in a person's or a service account's home and opens doors elsewhere: one table of what each fence hides. */

/** Relative to the home; directories and files, whether they are there or not. */
export const PERSONAL_CREDENTIALS: Readonly<Record<'noPlanNeeds' | 'plansUse', readonly string[]>> = {
  /** Hidden behind every fence. */
  noPlanNeeds: ['.ssh', '.gnupg', '.git-credentials', '.npmrc', '.pypirc'],
  /**
   * Hidden from checks that nobody has approved. A plan sees them: providers, backends and the command lines of clouds, which are asked
   * whom credentials belong to, find theirs here, and reach only the servers that the trust file names.
   */
  plansUse: [
    '.aws',
    '.azure',
    '.config/gcloud',
    '.config/gh',
    '.docker',
    '.kube',
    '.netrc',
    '.terraform.d/credentials.tfrc.json',
    '.terraformrc',
    '.vault-token',
  ],
};
