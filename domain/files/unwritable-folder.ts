/** What is said where the folder of kept files cannot be written to, by workers and by the command. */

/** @param code of the system's error, such as EACCES. */
export function unwritableFolder(folder: string, code: string): string {
  return (
    `TIDEMARK_FILES is "${folder}", which cannot be written to (${code}): ` +
    'set it to a folder that this user may write to and all workers share'
  );
}
