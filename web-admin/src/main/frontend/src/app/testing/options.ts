/** The options of a domain as the server says them. */
export function domainOptions(changes: Readonly<Record<string, unknown>> = {}) {
  return {
    commentRequired: false,
    fullSessionLog: false,
    assistance: { enabled: true, contactFields: ["name"], expiresHours: 24 },
    notificationAddresses: ["a@example.org"],
    quota: null,
    auditDays: 730,
    editable: true,
    etag: "3",
    ...changes,
  };
}
