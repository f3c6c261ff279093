/** Where the range plays: every path and address that acts and commands name. */

/** The range's directory and what stands in it. Paths are absolute. */
export type Place = {
  readonly root: string;
  /** `COUNTERSIGN_HOME`; the homes of trust, runner and verifier stand beside it. */
  readonly home: string;
  readonly trustFile: string;
  readonly database: string;
  /** The agent's work tree: migrations, Terraform, scripts. */
  readonly work: string;
  /** Where the order desk reads its settings from: what Terraform and scripts change. */
  readonly settings: string;
  readonly privateKey: string;
  readonly publicKey: string;
  /** The order desk: `http://127.0.0.1:PORT`. */
  readonly url: string;
};

/** The places below a root; the address is known only once the service runs. */
export function placeIn(root: string, url: string): Place {
  return {
    root,
    home: `${root}/countersign`,
    trustFile: `${root}/countersign-trust/trust.yaml`,
    database: `${root}/desk/orders.db`,
    work: `${root}/work`,
    settings: `${root}/desk/settings`,
    privateKey: `${root}/keys/practice`,
    publicKey: `${root}/keys/practice.pub`,
    url,
  };
}
