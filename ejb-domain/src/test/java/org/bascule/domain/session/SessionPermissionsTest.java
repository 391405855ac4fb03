package org.bascule.domain.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.bascule.domain.acl.Permission;
import org.bascule.wire.Operations;
import org.junit.jupiter.api.Test;

class SessionPermissionsTest {

    @Test
    void eachOperationOfADesktopNeedsItsOwnPermission() {
        Map.of(
                        Operations.DESKTOP_VIEW, Permission.VIEW_DESKTOP,
                        Operations.DESKTOP_CONTROL, Permission.CONTROL_DESKTOP,
                        Operations.CLIPBOARD_TO_DEVICE, Permission.CLIPBOARD_TO_DEVICE,
                        Operations.CLIPBOARD_FROM_DEVICE, Permission.CLIPBOARD_FROM_DEVICE)
                .forEach((operation, permission) ->
                        assertThat(SessionPermissions.needed(operation)).contains(permission));
    }

    @Test
    void theScreenOfAVncServerNeedsThatOfTheDesktop() {
        assertThat(SessionPermissions.needed("vnc:device:5900")).contains(Permission.VIEW_DESKTOP);
        assertThat(SessionPermissions.needed("vnc:device")).isEmpty();
    }

    @Test
    void whatIsNotOfferedNeedsWhatNobodyHas() {
        for (String operation : List.of("desktop", "clipboard", "desktop-view-all", "")) {
            assertThat(SessionPermissions.needed(operation)).isEmpty();
        }
    }
}
