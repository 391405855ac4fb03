package org.bascule.domain.directory;

import java.util.Collection;
import java.util.List;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.identity.Caller;

/**
 * What is kept about resources, and the foreign keys delete with them. Requests for access and for help that were decided about are not told of again: the log has all of
 * them since then.
 */
public interface TakenAlong {

    /** What the log says of it, with the values that it had. Asked before the deletion and in its transaction; statements are few however much it is. */
    List<AuditEvent> removals(Caller caller, Collection<String> ids);
}
