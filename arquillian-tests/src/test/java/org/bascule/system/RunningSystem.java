package org.bascule.system;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Starts {@link TheSystem} before the first test that needs it; it is stopped after the last. */
public final class RunningSystem implements BeforeAllCallback {

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot()
                .getStore(ExtensionContext.Namespace.create(RunningSystem.class))
                .getOrComputeIfAbsent(TheSystem.class, key -> TheSystem.start(), TheSystem.class);
    }
}
