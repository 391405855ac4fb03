/** Tests of the package of the same name. */
@NullMarked
package org.bascule.session.service;

import org.jspecify.annotations.NullMarked;
