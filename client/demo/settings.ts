// Where the page's counterparts are, from a file beside it: the script is the same everywhere.

export interface Settings {
  readonly issuer: string;
  readonly gateway: string;
  readonly clientId: string;
  readonly functionUrls: Readonly<Record<"hello" | "long" | "echo", string>>;
}

export async function loadSettings(): Promise<Settings> {
  const answer = await fetch("settings.json");
  if (!answer.ok) throw new Error(`settings.json answers ${answer.status}`);
  return (await answer.json()) as Settings;
}
