package org.bascule.domain.corporate;

/**
 * Who is in their group becomes a member of ours.
 *
 * @param theirs value of the claim or attribute, or name of the directory's group; compared letter by letter
 * @param ours id of a group of the domain
 */
public record GroupMapping(String theirs, String ours) {}
