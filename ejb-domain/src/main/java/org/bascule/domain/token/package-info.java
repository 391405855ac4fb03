/**
 * With what somebody comes: API tokens, and sign-ins at the realms as far as this server has seen them. Who is let in by what, what a user has open,
 * and how it is ended, on all nodes.
 *
 * <p>Invariants: a token is stored as a hash and shown once; it acts as its user and gives nothing that the user does not hold at the moment
 * ({@link org.bascule.domain.acl.Authorization} applies its limits); what has ended is never live again. Remote sessions that were opened with
 * something end with it.
 *
 * <p>What the realm itself knows, such as factors and passwords, does not belong here.
 */
@NullMarked
package org.bascule.domain.token;

import org.jspecify.annotations.NullMarked;
