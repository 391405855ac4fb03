package org.bascule.domain.access;

import org.bascule.domain.acl.Entry;

/**
 * An entry as the caller sees it.
 *
 * @param editable whether the caller may change or remove it
 */
public record EntryView(Entry entry, ResourceReference resource, PrincipalReference principal, boolean editable) {}
