/**
 * What our provider within Keycloak asks this server ({@code docs/protocol/internal.md}): whether somebody at an address may try a password or a code, what became of
 * it, and what is required of a user who was recognised.
 *
 * <p>Invariants: nothing is answered without the provider's secret; whatever goes wrong here is an answer that makes the provider refuse. No password, code or token
 * is ever sent here.
 */
@NullMarked
package org.bascule.web.internal;

import org.jspecify.annotations.NullMarked;
