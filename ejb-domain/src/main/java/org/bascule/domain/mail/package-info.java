/**
 * Notices to users by e-mail (requirements IDN-4, IDN-11): that an administrator has reset their password or second factor, that their address was changed,
 * that their account will end; and to the addresses of a domain's options (DOM-8), what needs somebody.
 *
 * <p>Invariants: a notice is queued by the transaction that does what it tells of, and sent by no transaction; it is tried again for about a day, by
 * whichever node comes first, and given up then; it holds no secret and no link but to the installation's pages. For each address
 * of a domain's options there is at most one, to which news are added until it is sent. Links for passwords are Keycloak's mails.
 */
@NullMarked
package org.bascule.domain.mail;

import org.jspecify.annotations.NullMarked;
