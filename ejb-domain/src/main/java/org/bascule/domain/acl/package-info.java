/**
 * Who may do what (requirements ACL-1 to ACL-5): entries, and the one algorithm that decides from them.
 *
 * <p>Invariants: one algorithm decides, in memory, for single checks, for lists ({@link org.bascule.domain.acl.Scope}) and for explanations; without
 * an entry the answer is no; a refused attempt is audited; every change of what decides is counted in its transaction
 * ({@link org.bascule.domain.acl.RightsVersion}). Who may change entries is decided in {@code org.bascule.domain.access}.
 */
@NullMarked
package org.bascule.domain.acl;

import org.jspecify.annotations.NullMarked;
