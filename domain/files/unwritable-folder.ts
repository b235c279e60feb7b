/** The message for a folder of kept files that cannot be written to, shared by workers and the command. */

/** @param code of the system's error, such as EACCES. */
export function unwritableFolder(folder: string, code: string): string {
  return (
    `TIDEMARK_FILES is "${folder}", which cannot be written to (${code}): ` +
    'set it to a folder that this user may write to and all workers share'
  );
}
