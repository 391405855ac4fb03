package org.bascule.control.command;

/** How the help says that things are named. */
final class References {

    static final String FOLDER = "id, unique name, or path such as /Customers/North";
    static final String DEVICE = "uid, unique name, or path such as /Customers/North/pump-1";
    static final String SUB_DEVICE = "id, DEVICE/NAME, or path such as /Customers/North/pump-1/plc-1";
    static final String USER = "id, unique name, path, or 'me'";
    static final String GROUP = "id, unique name, or path such as /Customers/Service";
    static final String PRINCIPAL =
            "user or group: id, unique name, or path; 'user:NAME' or 'group:NAME' if both have it";
    static final String RESOURCE =
            "folder, device or other thing: id, unique name, or path; 'folder:NAME', 'device:NAME' and so on leave out the others";
    static final String PERMISSIONS =
            "codes of permissions, separated by commas ('bascule grant permissions' lists them)";

    private References() {}
}
