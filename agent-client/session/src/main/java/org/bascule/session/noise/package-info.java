/**
 * The Noise Protocol Framework, revision 34, as far as {@code Noise_NKpsk2_25519_AESGCM_SHA256} needs it, and the primitives beneath: X25519, AES-256-GCM and
 * HKDF-SHA256 from the JCA, ML-KEM-768 from Bouncy Castle.
 *
 * <p>Invariants: a nonce is never chosen by a caller and never used twice; a state that failed cannot be used again; a low-order point and a non-canonical
 * encapsulation key are refused. What the payloads mean does not belong here.
 */
@NullMarked
package org.bascule.session.noise;

import org.jspecify.annotations.NullMarked;
