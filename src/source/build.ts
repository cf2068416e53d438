/** Which build this is: the build writes the digest of all of its code here. Null where the sources run as they are. */
export const BUILD: string | null = null;
