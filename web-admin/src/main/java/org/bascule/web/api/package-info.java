/**
 * The REST API of {@code docs/protocol/api.md}: reads requests strictly, asks the domain, writes answers.
 *
 * <p>Invariants: no resource decides who may do what; every error is a problem (RFC 9457) without internals; bodies are bounded before they are
 * parsed; answers are never cached.
 */
@NullMarked
package org.bascule.web.api;

import org.jspecify.annotations.NullMarked;
