/**
 * Who may do what (requirements ACL-1 to ACL-4).
 *
 * <p>Invariants: one statement decides, for single checks and for lists; without an entry the answer is no; a refused attempt is audited.
 */
@NullMarked
package org.bascule.domain.acl;

import org.jspecify.annotations.NullMarked;
