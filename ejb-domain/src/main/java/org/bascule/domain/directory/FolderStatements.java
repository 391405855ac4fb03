package org.bascule.domain.directory;

import org.bascule.domain.acl.Rights;

/** The statements about folders. */
final class FolderStatements {

    private static final String PAGE = Rights.TABLES
            + """
            select r.id, r.name, r.description, r.parent_id, r.version from resource r
            """
            + Rights.JOINS
            + "where r.domain_id = :domain and r.kind = 'folder' and" + Rights.GRANTED;

    /** A folder is at the top when the one above is not seen. */
    private static final String TOP =
            """
             and not exists (select 1 from folder_right a where a.folder_id = r.parent_id and a.weight & 1 = 1)
            """;

    /** How many folders are seen in each. */
    static final String CHILDREN = Rights.TABLES + "select r.parent_id, count(*) from resource r" + Rights.JOINS
            + "where r.domain_id = :domain and r.kind = 'folder' and r.parent_id in (:folders) and" + Rights.GRANTED
            + "group by r.parent_id";

    /** How many devices are seen in each and below. The devices are read from the index of their folders alone. */
    static final String DEVICES = Rights.TABLES
            + "select c.ancestor_id, count(*) from folder_closure c join resource r on r.parent_id = c.descendant_id and r.kind = 'device'"
            + Rights.JOINS
            + "where c.domain_id = :domain and c.ancestor_id in (:folders) and" + Rights.GRANTED
            + "group by c.ancestor_id";

    /** The folders above some resources that are seen, from the top down. */
    static final String PATHS = Rights.TABLES
            + """
            select c.descendant_id, r.id, r.name from folder_closure c join resource r on r.id = c.ancestor_id
            """
            + Rights.JOINS
            + "where c.domain_id = :domain and c.descendant_id in (:folders) and c.depth > 0 and" + Rights.GRANTED
            + "order by c.descendant_id, c.depth desc";

    private FolderStatements() {}

    static String page(FolderQuery query) {
        String scope =
                switch (query.scope()) {
                    case TOP -> TOP;
                    case CHILDREN -> " and r.parent_id = :value";
                    case SEARCH -> " and r.search like :value";
                    case ALL -> "";
                };
        String behind =
                query.cursor().position().isEmpty() ? "" : " and r.name >= :key and (r.name > :key or r.id > :id)";
        return PAGE + scope + behind + " order by r.name, r.id limit :rows";
    }
}
