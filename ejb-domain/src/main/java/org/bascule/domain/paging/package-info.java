/**
 * A part of a long list. The list itself is cut in the database, never in memory.
 */
@NullMarked
package org.bascule.domain.paging;

import org.jspecify.annotations.NullMarked;
