/**
 * Identifiers that are made here.
 */
@NullMarked
package org.bascule.domain.id;

import org.jspecify.annotations.NullMarked;
