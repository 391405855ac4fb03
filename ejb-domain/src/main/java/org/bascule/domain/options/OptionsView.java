package org.bascule.domain.options;

/**
 * The options as a caller may see them.
 *
 * @param editable whether the caller may change them; who may not does not see the addresses
 * @param revision grows with each change; the entity tag
 */
public record OptionsView(DomainOptions options, boolean editable, long revision) {}
