package org.bascule.system;

import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.time.Duration;

/** The picture of a device's screen in a page, by the colour of one pixel. */
final class RemotePicture {

    static final String RED = "255,0,0";
    static final String GREEN = "0,255,0";
    static final String BLUE = "0,0,255";

    private RemotePicture() {}

    /** Of the device's screen, beside its middle, where the pointer is at first; empty if there is none. */
    static String pixel(Page page, String canvas) {
        return String.valueOf(page.evaluate(
                """
                (selector) => {
                  const canvas = document.querySelector(selector);
                  if (canvas === null || canvas.width < 2) return '';
                  const at = canvas.getContext('2d').getImageData(canvas.width * 0.75, canvas.height * 0.75, 1, 1).data;
                  // JPEG may be a little off
                  return [...at.slice(0, 3)].map((value) => value > 240 ? 255 : value < 15 ? 0 : value).join();
                }
                """,
                canvas));
    }

    static Duration await(Page page, String canvas, String colour, Duration within) {
        try {
            return Eventually.within(
                    within, "the pixel is " + colour, () -> pixel(page, canvas).equals(colour));
        } catch (AssertionError e) {
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/picture-failed.png")));
            throw new AssertionError(
                    e.getMessage() + ", but " + pixel(page, canvas) + ": "
                            + page.locator("main").innerText(),
                    e);
        }
    }
}
