package org.bascule.domain.acl;

import java.util.Set;

/**
 * What must be so, beside the rights, before somebody can use them on devices (requirement DOM-10), in one state of a domain. It is set on folders; what
 * is set on the nearest one counts, alone, whether a folder inherits rights or not.
 */
public interface Demands {

    /** The folders on which something is set, if only that nothing is demanded. */
    Set<String> folders();

    /** Whether a user meets what is set on one of these folders. */
    boolean isMet(String folder, String user);
}
