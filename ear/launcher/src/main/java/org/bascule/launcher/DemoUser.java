package org.bascule.launcher;

import java.util.List;
import java.util.Optional;

/**
 * The users of a demo domain.
 *
 * @param group the built-in group the user is in, if any
 * @param seesDevices whether the user gets an entry of its own: see resources, nothing else
 * @param hasToken whether an API token is made for the user
 * @param hasSecondFactor whether the user signs in with a second factor, which is enrolled from the beginning
 */
record DemoUser(
        String name,
        Optional<String> group,
        boolean seesDevices,
        boolean hasToken,
        boolean hasSecondFactor,
        String purpose) {

    /** Must change the password and set up a second factor at the first sign-in. */
    static final DemoUser ADMIN = new DemoUser(
            "admin",
            Optional.of("Owners"),
            false,
            false,
            false,
            "owner; new password and second factor at first sign-in");

    static final DemoUser ENGINEER =
            new DemoUser("engineer", Optional.of("Contributors"), false, true, false, "may open terminals");

    static final DemoUser VIEWER =
            new DemoUser("viewer", Optional.empty(), true, true, false, "may see devices, nothing else");

    static final DemoUser AUTOMATION = new DemoUser(
            "automation", Optional.of("Administrators"), false, true, false, "for scripts, with an API token");

    /** What {@link #ADMIN} enrols stays with that person; here the secret is known, so that a test or a script can sign in as an administrator does. */
    static final DemoUser MANAGER = new DemoUser(
            "manager",
            Optional.of("Administrators"),
            false,
            false,
            true,
            "administrator with a second factor, whose secret is in demo.json");

    static final List<DemoUser> OTHERS = List.of(ENGINEER, VIEWER, AUTOMATION, MANAGER);

    /** Whether it runs the installation as well: in the operator's domain it makes domains. */
    boolean operates() {
        return equals(AUTOMATION);
    }

    static List<DemoUser> all() {
        return List.of(ADMIN, ENGINEER, VIEWER, AUTOMATION, MANAGER);
    }
}
