package org.bascule.domain.directory;

import java.util.Collection;
import java.util.List;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.identity.Caller;

/** What other parts of the domain keep about resources, and the foreign keys delete with them. */
public interface TakenAlong {

    /** What the log says of it, with the values that it had. Asked before the deletion and in its transaction; statements are few however much it is. */
    List<AuditEvent> removals(Caller caller, Collection<String> ids);
}
