package org.bascule.system;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Starts {@link TheSystem} before the first test of this process that needs it; it is stopped after the last one. */
public final class RunningSystem implements BeforeAllCallback {

    @Override
    public void beforeAll(ExtensionContext context) {
        // of the session: a fork runs each class for itself
        context.getStore(
                        ExtensionContext.StoreScope.LAUNCHER_SESSION,
                        ExtensionContext.Namespace.create(RunningSystem.class))
                .getOrComputeIfAbsent(TheSystem.class, key -> TheSystem.start(), TheSystem.class);
    }
}
