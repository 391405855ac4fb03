/**
 * The server's listeners: open while the application serves, and patient for so long. All that knows Payara from within is here
 * ({@code docs/decisions/0051}).
 */
@NullMarked
package org.bascule.web.listener;

import org.jspecify.annotations.NullMarked;
