# make -C lessons/NAME check: grades the lesson's programs as they stand in this folder.
WINDSOCK ?= $(if $(wildcard ../../windsock),../../windsock,windsock)

check:
	@$(WINDSOCK) check --dir .

show:
	@$(WINDSOCK) show --dir .

.PHONY: check show
