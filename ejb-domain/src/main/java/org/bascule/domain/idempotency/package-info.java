/**
 * Creations that a client may repeat without creating twice (row API-1): whoever did not get the answer asks again with the same
 * {@code Idempotency-Key} and gets the first answer.
 *
 * <p>Invariants: key and creation are one transaction, so that neither is there without the other; only what succeeded is kept, a refused
 * creation is decided anew; an answer is given again only to who still holds what the creation required; keys belong to a user of a domain; answers
 * are sealed in the database and kept for 24 hours. What is created and how answers look does not belong here.
 */
@NullMarked
package org.bascule.domain.idempotency;

import org.jspecify.annotations.NullMarked;
