package org.bascule.system;

import jakarta.json.JsonObject;
import java.util.List;

/** What somebody may do on a device beside what he may anyway, until it is closed. */
record Allowed(Api administrator, List<JsonObject> entries) implements AutoCloseable {

    /** @param permissions codes of permissions */
    static Allowed of(Api administrator, String uid, String user, String... permissions) {
        return new Allowed(administrator, Denied.entries(administrator, uid, user, "allow", permissions));
    }

    @Override
    public void close() {
        Denied.remove(administrator, entries);
    }
}
