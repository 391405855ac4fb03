/**
 * Administration of rights: entries, inheritance, what-if, requests for access (requirements ACL-1 and ACL-5 to ACL-7).
 *
 * <p>Invariants: nobody passes on what he does not hold by an entry that may be passed on; what is set on a resource is changed only by those who
 * manage permissions there; the domain keeps an owner; nobody decides about his own request; every change and every refused one is audited. What
 * decides about rights is in {@code org.bascule.domain.acl}.
 */
@NullMarked
package org.bascule.domain.access;

import org.jspecify.annotations.NullMarked;
