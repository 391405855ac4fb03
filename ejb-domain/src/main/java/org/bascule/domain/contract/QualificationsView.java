package org.bascule.domain.contract;

import java.util.List;

/**
 * What a user is qualified for, sorted by name; expired ones too.
 *
 * @param revision of the user; the entity tag
 */
public record QualificationsView(List<Qualification> items, long revision) {

    public QualificationsView {
        items = List.copyOf(items);
    }
}
