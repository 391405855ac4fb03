/**
 * How the domain says no: one checked exception with a code that front ends map to their own words, and a sentence in the languages of people.
 *
 * <p>Invariants: a detail is a sentence for people and carries no secret, no statement, no class name. Nothing else belongs here.
 */
@NullMarked
package org.bascule.domain.refusal;

import org.jspecify.annotations.NullMarked;
