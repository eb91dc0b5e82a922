/* picture_parts.h - between the files that make a picture. */
#ifndef WINDSOCK_PICTURE_PARTS_H
#define WINDSOCK_PICTURE_PARTS_H

#include "picture.h"

struct picture_row *picture_add(struct picture *picture, enum picture_kind kind, int64_t time_ns);
/* Appends the arrows of a view. */
void picture_add_arrows(const struct scene *scene, const struct match *match, size_t view, struct picture *picture);
/* Puts calls between the arrows, which stand in their order. */
void picture_add_calls(const struct scene *scene, const struct picture_options *options, struct picture *picture);
/* Joins the rows of one packet that several views saw. */
void picture_join(const struct lesson *lesson, struct picture *picture);

#endif
