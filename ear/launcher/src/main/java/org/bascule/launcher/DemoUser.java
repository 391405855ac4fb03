package org.bascule.launcher;

import java.util.List;
import java.util.Optional;

/**
 * The users of a demo domain.
 *
 * @param group the built-in group the user is in, if any
 * @param seesDevices whether the user gets an entry of its own: see resources, nothing else
 * @param hasToken whether an API token is made for the user
 */
record DemoUser(String name, Optional<String> group, boolean seesDevices, boolean hasToken, String purpose) {

    /** Must change the password and set up a second factor at the first sign-in. */
    static final DemoUser ADMIN = new DemoUser(
            "admin", Optional.of("Owners"), false, false, "owner; new password and second factor at first sign-in");

    static final DemoUser ENGINEER =
            new DemoUser("engineer", Optional.of("Contributors"), false, true, "may open terminals");

    static final DemoUser VIEWER =
            new DemoUser("viewer", Optional.empty(), true, true, "may see devices, nothing else");

    static final DemoUser AUTOMATION =
            new DemoUser("automation", Optional.of("Administrators"), false, true, "for scripts, with an API token");

    static final List<DemoUser> OTHERS = List.of(ENGINEER, VIEWER, AUTOMATION);

    static List<DemoUser> all() {
        return List.of(ADMIN, ENGINEER, VIEWER, AUTOMATION);
    }
}
