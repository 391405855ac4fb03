package org.bascule.system;

import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A device of a class of tests, of which each test finds a new display with a window. */
final class DeviceWithDisplay implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {

    private final String name;
    private Optional<EnrolledDevice> device = Optional.empty();
    private Optional<TestDisplay> display = Optional.empty();

    DeviceWithDisplay(String name) {
        this.name = name;
    }

    EnrolledDevice device() {
        return device.orElseThrow();
    }

    TestDisplay display() {
        return display.orElseThrow();
    }

    String uid() {
        return device().uid();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        device = Optional.of(EnrolledDevice.start(TheSystem.get(), name));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        TestDisplay shown = new TestDisplay();
        display = Optional.of(shown);
        device().shows(shown.name());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        display.ifPresent(TestDisplay::close);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        device.ifPresent(EnrolledDevice::close);
    }
}
